"""Live push: one hub a process reads each event once and hands one frame to every socket whose scope it concerns."""
