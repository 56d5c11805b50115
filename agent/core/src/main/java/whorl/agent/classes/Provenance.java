package whorl.agent.classes;

import org.jspecify.annotations.Nullable;
import whorl.agent.hook.code.GeneratedClass;

/**
 * Where a class came from.
 *
 * @param made how it was generated at run time; null if that was not recorded
 */
record Provenance(Kind kind, @Nullable GeneratedClass made) {
  /** The kinds of provenance. */
  enum Kind {
    /** In a module, or in the place that it names. */
    FROM_FILE,
    /** Unknown: the place that it names cannot be read. */
    UNREADABLE,
    /** Generated at run time by a known library. */
    KNOWN_GENERATOR,
    /** Generated at run time by an unknown generator. */
    UNKNOWN_GENERATOR,
    /** It names a place that does not contain it. */
    MISPLACED,
    /** It names no place, and its definition was not recorded or is forgotten. */
    UNRECORDED
  }

  /** Returns why that is worth a finding; null if it is not. */
  @Nullable String reason() {
    return switch (kind) {
      case UNKNOWN_GENERATOR ->
          "made at run time by nobody known ("
              + (made == null ? "" : made.origin())
              + "): it is in no jar";
      case MISPLACED -> "the place that it says it came from does not have it";
      case UNRECORDED -> "it names no place that it came from, and its making was not seen";
      default -> null;
    };
  }
}
