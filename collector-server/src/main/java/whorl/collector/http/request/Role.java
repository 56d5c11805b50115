package whorl.collector.http.request;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The permissions of a token. */
public enum Role {
  /** May upload and open the channel; never reads. */
  AGENT,
  /** May call webhooks only. */
  ALERT,
  /** May read. */
  VIEWER,
  /** May read and request captures. */
  RESPONDER,
  /** May do everything except the agent's part. */
  ADMIN;

  /** True if this role includes the permissions of {@code needed}. */
  public boolean permits(Role needed) {
    return switch (needed) {
      case AGENT -> this == AGENT;
      case ALERT -> this == ALERT || this == RESPONDER || this == ADMIN;
      case VIEWER -> this == VIEWER || this == RESPONDER || this == ADMIN;
      case RESPONDER -> this == RESPONDER || this == ADMIN;
      case ADMIN -> this == ADMIN;
    };
  }

  /** Returns the role with this word in a tokens file, or null. */
  public static @Nullable Role of(String word) {
    for (Role role : values()) {
      if (role.word().equals(word)) {
        return role;
      }
    }
    return null;
  }

  /** Returns the lower-case word of the tokens file. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
