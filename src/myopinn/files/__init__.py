"""The files of the flow: how they are read and written, and what each kind of them holds.

The steps know each other only through these files. Arrays are NetCDF with named dimensions and a
unit per variable (:mod:`myopinn.files.netcdf`); motions, forces and markers are OpenSim's own
formats (:mod:`myopinn.formats.opensim_files`); tables are CSV (:mod:`myopinn.files.tables`). What
each kind holds is said once, in :mod:`myopinn.files.layouts`.
"""
