package whorl.collector.people.tokens;

import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import whorl.collector.http.request.Access;
import whorl.collector.http.request.Principal;
import whorl.collector.store.access.ApiToken;

/**
 * The people who make tokens: who they are, and what they may do.
 *
 * @param people returns who this is, with the groups of the person; null for principals that are
 *     known by a token of the tokens file
 * @param access what members of these groups may do now
 */
public record Makers(
    Function<Principal, ApiToken.@Nullable Maker> people, Function<Set<String>, Access> access) {
  /** Knows people by the tokens file only. */
  public static final Makers OF_FILE =
      new Makers(principal -> null, groups -> new Access(List.of()));

  /** Returns who this is. */
  ApiToken.Maker of(Principal principal) {
    ApiToken.Maker person = people.apply(principal);
    return person == null
        ? new ApiToken.Maker(
            "file " + principal.name(), principal.name(), principal.role().word(), Set.of())
        : person;
  }
}
