package whorl.collector.store.access;

import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Id;

/**
 * A token that a person made for the API.
 *
 * @param used the last use, to the minute; null if there was none
 */
public record ApiToken(
    Id id, Terms terms, Instant made, Instant expires, @Nullable Instant used, boolean revoked) {
  /**
   * What stays the same while the token exists.
   *
   * @param name that the person gave it
   * @param role the word of the highest role that it may have
   * @param part beyond which it may do nothing
   */
  public record Terms(String name, String role, Part part, Maker maker) {}

  /**
   * Who made a token.
   *
   * @param id for one person always the same, and of nobody else
   * @param name for custody and logs
   * @param fileRole the word of the role, if the person has a token of the tokens file; null if the
   *     groups decide what the person may do
   * @param groups of the person, when last known
   */
  public record Maker(String id, String name, @Nullable String fileRole, Set<String> groups) {
    public Maker {
      groups = Set.copyOf(groups);
    }
  }
}
