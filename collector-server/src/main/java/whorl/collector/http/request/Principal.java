package whorl.collector.http.request;

/**
 * The caller of a request.
 *
 * @param name for custody and quotas: the role and the first eight hexadecimal digits of the
 *     token's SHA-256, never the token
 */
public record Principal(Role role, String name) {}
