//! The faults of robustness: what hostile input does to a program that is not made for it. They show in every role and by every
//! document.

use super::{BOTH, Fault, Wrong};

faults! { Frailty, Frail;
    FetchesExternalEntity: "fetches-external-entity", "ROB-1-1", BOTH, "resolve external general entities over HTTP";
    ReadsExternalFile: "reads-external-file", "ROB-1-2", BOTH, "resolve external general entities in files";
    FetchesParameterEntity: "fetches-parameter-entity", "ROB-1-3", BOTH, "resolve external parameter entities over HTTP";
    FetchesExternalDtd: "fetches-external-dtd", "ROB-1-4", BOTH, "load the external DTD subset";
    FollowsXinclude: "follows-xinclude", "ROB-1-5", BOTH, "carry out XInclude";
    ExpandsNestedEntities: "expands-nested-entities", "ROB-1-6", BOTH, "expand entities inside entities without bound";
    ExpandsLongEntity: "expands-long-entity", "ROB-1-7", BOTH, "expand one long entity as often as asked";
    DiesOnMalformedReport: "dies-on-malformed-report", "ROB-1-8", BOTH, "end at the first error of the XML parser";
    DiesOnDeepElements: "dies-on-deep-elements", "ROB-1-9", BOTH, "recurse once for each nested element";
    DiesOnMalformedComposing: "dies-on-malformed-composing", "ROB-2-1", BOTH, "take it for granted that every is-composing document has a state";
    FetchesComposingEntity: "fetches-composing-entity", "ROB-2-2", BOTH, "resolve external entities of is-composing documents";
    DiesOnExtremeRefresh: "dies-on-extreme-refresh", "ROB-2-3", BOTH, "trap at a refresh that does not fit 32 bits";
    DiesOnLongSipHeader: "dies-on-long-sip-header", "ROB-3-1", BOTH, "keep header values of SIP in 32 KB without looking at their length";
    HangsOnManySipHeaders: "hangs-on-many-sip-headers", "ROB-3-2", BOTH, "compare every header field with every other one";
    DiesOnLongCpimHeader: "dies-on-long-cpim-header", "ROB-3-3", BOTH, "keep CPIM lines in 32 KB without looking at their length";
    HangsOnManyCpimHeaders: "hangs-on-many-cpim-headers", "ROB-3-4", BOTH, "compare every CPIM header with every other one";
    DiesOnLongNamespace: "dies-on-long-namespace", "ROB-3-5", BOTH, "keep namespaces in 32 KB without looking at their length";
    DiesOnLongMessageId: "dies-on-long-message-id", "ROB-3-6", BOTH, "keep identifiers in 32 KB without looking at their length";
    DiesOnLongMimeHeader: "dies-on-long-mime-header", "ROB-3-7", BOTH, "keep header fields of the content in 32 KB without looking at their length";
    DiesOnMissingBoundary: "dies-on-missing-boundary", "ROB-4-1", BOTH, "take it for granted that multipart has a boundary";
    HangsOnUnterminatedMultipart: "hangs-on-unterminated-multipart", "ROB-4-2", BOTH, "look for the closing delimiter until it is found";
    HangsOnOverlappingBoundaries: "hangs-on-overlapping-boundaries", "ROB-4-3", BOTH, "begin anew at a boundary that is seen again inside";
    DiesOnNestedMultiparts: "dies-on-nested-multiparts", "ROB-4-4", BOTH, "recurse once for each nested part";
    DiesOnTruncatedCpim: "dies-on-truncated-cpim", "ROB-4-5", BOTH, "read on where the object has ended";
    DiesOnWrongMimeLength: "dies-on-wrong-mime-length", "ROB-4-6", BOTH, "cut the content out by the length that it claims";
    HangsOnShortBody: "hangs-on-short-body", "ROB-5-1", BOTH, "wait for the rest of a body before anything else";
    DiesOnLongBody: "dies-on-long-body", "ROB-5-2", BOTH, "end where more follows than was announced";
    DiesOnNegativeLength: "dies-on-negative-length", "ROB-5-3", BOTH, "take a negative Content-Length for a great one and allocate it";
    DiesOnHugeLength: "dies-on-huge-length", "ROB-5-4", BOTH, "allocate what Content-Length announces";
    DiesOnGarbage: "dies-on-garbage", "ROB-5-5", BOTH, "take it for granted that every request has a Call-ID and a CSeq";
    InflatesGzipBomb: "inflates-gzip-bomb", "ROB-6-1", BOTH, "inflate gzip without bound";
    InflatesDeflateBomb: "inflates-deflate-bomb", "ROB-6-2", BOTH, "inflate deflate without bound";
    DiesOnFalseCoding: "dies-on-false-coding", "ROB-6-3", BOTH, "end at the first error of the decompressor";
    ForgetsOnQuote: "forgets-on-quote", "ROB-7-1", BOTH, "forget all messages at an identifier with a single quote";
    DiesOnFormatString: "dies-on-format-string", "ROB-7-2", BOTH, "hand identifiers to a formatter as its format";
    DiesOnControlCharacters: "dies-on-control-characters", "ROB-7-3", BOTH, "stop at NUL as if the text ended there, and read on";
}
