package whorl.agent.log;

import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;

/** A logger that passes warnings and errors to the ring. */
final class RingLogger extends LegacyAbstractLogger {
  private static final long serialVersionUID = 1L;

  private final transient AgentLog log;

  RingLogger(String name, AgentLog log) {
    this.name = name;
    this.log = log;
  }

  @Override
  public boolean isTraceEnabled() {
    return false;
  }

  @Override
  public boolean isDebugEnabled() {
    return false;
  }

  @Override
  public boolean isInfoEnabled() {
    return false;
  }

  @Override
  public boolean isWarnEnabled() {
    return true;
  }

  @Override
  public boolean isErrorEnabled() {
    return true;
  }

  @Override
  protected @Nullable String getFullyQualifiedCallerName() {
    return null;
  }

  @Override
  protected void handleNormalizedLoggingCall(
      Level level,
      @Nullable Marker marker,
      @Nullable String pattern,
      Object @Nullable [] arguments,
      @Nullable Throwable cause) {
    String format = pattern == null ? "" : pattern;
    try {
      String message = MessageFormatter.basicArrayFormat(format, arguments);
      log.add(level, name, format, message == null ? format : message, cause);
    } catch (OutOfMemoryError noRoom) {
      // Most lines are logged after a failure; logging must not fail again.
      log.countLost();
    }
  }
}
