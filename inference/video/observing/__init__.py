"""What is seen in a clip: people, their landmarks, who is who."""
