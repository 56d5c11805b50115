package whorl.collector.cli.ids;

/** An id that is to be resolved. */
public record AskedId(IdKind kind, GivenId given) {}
