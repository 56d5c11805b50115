package whorl.collector.identity.keys;

import java.util.Locale;

/** Why a proof was refused, for the metrics. */
public enum Refusal {
  /** No JWT, or claims that are not of their type. */
  MALFORMED,
  /** No signature, or one of an algorithm without a public key. */
  ALGORITHM,
  /** An issuer that is not configured. */
  ISSUER,
  /** A key that the issuer does not list. */
  KEY,
  /** The issuer's keys have not been read yet, or are being read again. */
  KEYS_AWAY,
  SIGNATURE,
  EXPIRED,
  /** Not valid yet. */
  EARLY,
  /** No end, or one too far away. */
  LIFETIME,
  AUDIENCE,
  /** Not bound to a pod. */
  NO_POD,
  CERTIFICATE,
  /** Only the shared token, which is turned off. */
  SHARED_TOKEN,
  /** What another identity began. */
  FOREIGN,
  /** A service that the enrolment token does not name. */
  SERVICE,
  /** A token that is not for this, such as a logout token instead of a person's. */
  KIND,
  /** Made for another client of the issuer. */
  CLIENT,
  /** Not the answer to this login. */
  NONCE,
  /** A logout token that was used already. */
  REPLAYED,
  /** A person whose groups give nothing. */
  NO_ACCESS;

  /** The value of the label. */
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
