"""The drawing network: data, net, losses, training, export."""
