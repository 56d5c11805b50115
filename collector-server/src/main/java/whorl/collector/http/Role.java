package whorl.collector.http;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a token may do. */
public enum Role {
  /** Uploads and the channel: adds, never reads. */
  AGENT,
  /** Webhooks, nothing else. */
  ALERT,
  /** Reads. */
  VIEWER,
  /** Reads and asks for captures. */
  RESPONDER,
  /** Everything but the agent's part. */
  ADMIN;

  /** Whether this role may do what {@code needed} may. */
  public boolean permits(Role needed) {
    return switch (needed) {
      case AGENT -> this == AGENT;
      case ALERT -> this == ALERT || this == RESPONDER || this == ADMIN;
      case VIEWER -> this == VIEWER || this == RESPONDER || this == ADMIN;
      case RESPONDER -> this == RESPONDER || this == ADMIN;
      case ADMIN -> this == ADMIN;
    };
  }

  /** The role of this word in a tokens file, or null. */
  public static @Nullable Role of(String word) {
    for (Role role : values()) {
      if (role.word().equals(word)) {
        return role;
      }
    }
    return null;
  }

  /** The lower-case word of the tokens file. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
