package whorl.collector.identity.keys;

import java.io.IOException;

/** Where an issuer's public keys are read. Used by one thread. */
public interface KeySource {
  /** True if reading costs nothing, so that it may be done often. */
  boolean isLocal();

  /**
   * Reads the keys; waits for the issuer's server, within limits.
   *
   * @return a JSON document (JWKS, RFC 7517)
   * @throws IOException naming the place, and the remedy if there is one
   */
  String read() throws IOException;
}
