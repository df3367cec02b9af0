"""The other poses that the same drawing may show.

A drawing is flat: a limb may come forward or lead back, left may be right. The panel lists the
alternatives in order of likelihood with pictures (`alternative_pictures`); *Pick*,
*Flip Limb Depth* and *Browse Alternatives* put one on the rig, under the corrections made by hand.
"""

REGISTERED = ("panel", "op_alternatives", "op_browse_alternatives")
