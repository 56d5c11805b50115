package whorl.collector.store.database;

import org.flywaydb.core.api.logging.Log;
import org.flywaydb.core.api.logging.LogCreator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Passes on only what is a problem. Flyway's other lines repeat the address of the database, which
 * may contain a password. Flyway finds the class by its name.
 */
public final class MigrationLogs implements LogCreator {
  @Override
  public Log createLogger(Class<?> of) {
    return new Problems(LoggerFactory.getLogger(of));
  }

  private record Problems(Logger logger) implements Log {
    @Override
    public boolean isDebugEnabled() {
      return false;
    }

    @Override
    public void debug(String message) {
      // not passed on
    }

    @Override
    public void info(String message) {
      // not passed on
    }

    @Override
    public void warn(String message) {
      logger.warn("{}", message);
    }

    @Override
    public void error(String message) {
      logger.error("{}", message);
    }

    @Override
    public void error(String message, Exception e) {
      logger.error("{}", message, e);
    }

    @Override
    public void notice(String message) {
      // not passed on
    }
  }
}
