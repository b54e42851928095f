"""Reading what counties bring along: divisions (CSV), boundaries (GeoJSON, shapefile), people (Excel).

Each reader lists every problem with its place and its reason; nothing is loaded unless there is none.
"""
