package whorl.collector.custody.log;

import java.util.Locale;

/** The actions that the custody log records. */
public enum CustodyAction {
  /** Artifacts arrived from an agent. */
  RECEIVED,
  /** The evidence was sealed: it is complete, and no signature is invalid. */
  SEALED,
  /** The evidence was kept although its manifest or signature is invalid. */
  REFUSED,
  /** The evidence was kept although the agent was gone before all artifacts arrived. */
  EXPIRED,
  /** The collector derived an artifact from others, or reports why it could not. */
  DERIVED,
  /**
   * A person took the evidence from a bag of another collector; the entries that make it evidence
   * here follow.
   */
  IMPORTED,
  /** A person looked at the evidence: at its record, timeline or findings; once an hour. */
  READ,
  /** A person downloaded a bag or an artifact. */
  EXPORTED,
  /** A person verified the evidence. */
  VERIFIED,
  /** An agent's key was enrolled, or another key of the agent was refused. */
  ENROLLED,
  /** A person logged in at the page. */
  LOGGED_IN,
  /** A person asked agents for captures, or set or removed a schedule of captures. */
  CAPTURES_REQUESTED,
  /** A person pushed rules to agents or removed them. */
  RULES_CHANGED,
  /** A person made an API token, or revoked one. */
  TOKENS_CHANGED,
  /** A person asked many agents at once what they hold. */
  HUNTED,
  /** A person had agents record calls of methods, or such a probe has ended. */
  PROBED,
  /** A person decided about alerts: acknowledged, assigned, muted, and so on. */
  ALERTS_TRIAGED,
  /** A person marked a row of the evidence's timeline: with a star, tags, a note. */
  MARKED,
  /** The evidence, or a case with it, was put on hold. */
  HELD,
  /** A hold was released. */
  RELEASED,
  /** A person changed a case: created it, wrote a note, added evidence, and so on. */
  CASE_CHANGED,
  /** The evidence was deleted on purpose, by a person or by a limit. */
  PURGED,
  /** Everything was moved to another store, by {@code whorl migrate}. */
  MOVED,
  /** The log itself was repaired at the collector's start, or a person acknowledged its damage. */
  MENDED,
  /**
   * Evidence without an entry of its record was acknowledged by a person, and is kept from now on.
   */
  ADOPTED;

  /** The lower-case word in the log. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** True if evidence begins with this action; such an entry holds the digest of the record. */
  public boolean commits() {
    return this == SEALED || this == REFUSED || this == EXPIRED || this == ADOPTED;
  }

  /** The same for the lower-case word. */
  public static boolean commits(String word) {
    for (CustodyAction action : values()) {
      if (action.commits() && action.word().equals(word)) {
        return true;
      }
    }
    return false;
  }
}
