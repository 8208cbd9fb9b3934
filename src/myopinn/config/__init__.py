"""The configuration of a study: one typed section per room, how it is read, and what is said of it.

Laboratories and variants bring settings of their own, which whoever reads a configuration hands
over (:class:`myopinn.config.plug_ins.PlugIns`); nothing here knows them.
"""
