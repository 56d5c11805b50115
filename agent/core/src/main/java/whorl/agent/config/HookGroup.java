package whorl.agent.config;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The words of {@code hooks.disabled}, each with what it turns off: the one table that the settings
 * are read by, that the hooks are tested against, and that docs/settings.md repeats.
 */
public enum HookGroup {
  FILE("files opened, deleted, renamed, linked, made executable"),
  SOCKET("connections, accepted ones too, and bound ports"),
  DNS("look-ups of host names"),
  PROCESS("processes started and ended"),
  CLASS("classes loaded and made at run time, class loaders with remote addresses"),
  LIBRARY("native libraries"),
  HTTP("requests of every server, and with them the request of all other events"),
  JNDI("JNDI look-ups and what they lead to"),
  DESERIALIZATION("object streams"),
  SCRIPT("scripts and expressions, and reflection by them"),
  XML("external XML entities"),
  REGISTRATION("filters, servlets and handlers that are registered, and what servers call"),
  CONSOLE("standard output and error"),
  MEMORY("memory that ran out");

  private final String covers;

  HookGroup(String covers) {
    this.covers = covers;
  }

  /** As {@code hooks.disabled} has it. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** What is no longer observed without these hooks. */
  public String covers() {
    return covers;
  }

  /** All words, separated by commas. */
  public static String list() {
    StringBuilder list = new StringBuilder();
    for (HookGroup one : values()) {
      list.append(list.length() == 0 ? "" : ", ").append(one.word());
    }
    return list.toString();
  }

  /** The entry of a word in any case of letters; null where there is none. */
  static @Nullable HookGroup of(String word) {
    for (HookGroup one : values()) {
      if (one.name().equalsIgnoreCase(word)) {
        return one;
      }
    }
    return null;
  }
}
