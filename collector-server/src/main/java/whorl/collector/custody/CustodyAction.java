package whorl.collector.custody;

import java.util.Locale;

/** What can happen to evidence, or to who sends it, that must not be forgotten. */
public enum CustodyAction {
  /** Its artifacts came from an agent. */
  RECEIVED,
  /** It became evidence: everything there, and no signature that is false. */
  SEALED,
  /** It was kept although its manifest or signature does not hold. */
  REFUSED,
  /** It was kept although the agent was gone before everything had come. */
  EXPIRED,
  /** The collector made one artifact from others, or says why it could not. */
  DERIVED,
  /** Somebody took a bag or an artifact away. */
  EXPORTED,
  /** Somebody had it checked. */
  VERIFIED,
  /** An agent's key became known, or another key for it was turned away. */
  ENROLLED,
  /** Somebody pushed rules to agents, or took them back. */
  RULES_CHANGED,
  /** It must not be purged: it, or a case it is in, was put on hold. */
  HELD,
  /** A hold was taken back. */
  RELEASED,
  /** Somebody changed a case: made it, wrote a note, added evidence, and so on. */
  CASE_CHANGED,
  /** It was deleted on purpose: because somebody said so, or a limit did. */
  PURGED,
  /** The log itself was mended when the collector started, or somebody looked into its damage. */
  MENDED,
  /** Custody had no entry of its record; somebody looked into that, and it is kept from now on. */
  ADOPTED;

  /** The lower-case word of the log. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether this is how evidence begins; such an entry holds the digest of its record. */
  boolean commits() {
    return this == SEALED || this == REFUSED || this == EXPIRED || this == ADOPTED;
  }

  static boolean commits(String word) {
    for (CustodyAction action : values()) {
      if (action.commits() && action.word().equals(word)) {
        return true;
      }
    }
    return false;
  }
}
