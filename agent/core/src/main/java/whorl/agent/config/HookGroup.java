package whorl.agent.config;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The words of {@code hooks.disabled} and what each disables. The settings are read with this
 * table, the hooks are tested against it, and docs/settings.md repeats it.
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

  /** The word in {@code hooks.disabled}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The events that are missing without these hooks. */
  public String covers() {
    return covers;
  }

  /** All words, separated by commas. */
  public static String list() {
    StringBuilder list = new StringBuilder();
    for (HookGroup group : values()) {
      list.append(list.length() == 0 ? "" : ", ").append(group.word());
    }
    return list.toString();
  }

  /** The entry of a word in any case; null if there is none. */
  static @Nullable HookGroup of(String word) {
    for (HookGroup group : values()) {
      if (group.name().equalsIgnoreCase(word)) {
        return group;
      }
    }
    return null;
  }
}
