"""The other side of the wire: calls sent to an endpoint. The only room that speaks HTTP as a client."""
