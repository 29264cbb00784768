//! Sans-IO codecs that report deviations: SIP, MIME, CPIM, IMDN.
