package whorl.agent.classes;

import org.jspecify.annotations.Nullable;
import whorl.agent.hook.code.GeneratedClass;

/**
 * Where a class came from.
 *
 * @param made how it was made at run time; null when that was not seen
 */
record Provenance(Kind kind, @Nullable GeneratedClass made) {
  /** In short. */
  enum Kind {
    /** Of a module, or of a place that has it. */
    FILED,
    /** From a place that cannot be read: nobody can say. */
    UNREADABLE,
    /** Made at run time by a library known for it. */
    GENERATED,
    /** Made at run time by nobody known. */
    MADE,
    /** It names a place, which does not have it. */
    MISPLACED,
    /** It names no place, and its making was not seen or is forgotten. */
    UNRECORDED
  }

  /** Why that is worth a finding; null when it is not. */
  @Nullable String reason() {
    return switch (kind) {
      case MADE ->
          "made at run time by nobody known ("
              + (made == null ? "" : made.origin())
              + "): it is in no jar";
      case MISPLACED -> "the place that it says it came from does not have it";
      case UNRECORDED -> "it names no place that it came from, and its making was not seen";
      default -> null;
    };
  }
}
