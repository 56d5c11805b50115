package whorl.collector.store.database;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.outage.Outage;

/** What PostgreSQL's errors mean (its manual, appendix A), and what an operator does about them. */
final class PostgresErrors {
  /** Serialization failure, deadlock, and a prepared statement of the time before a migration. */
  private static final Set<String> REPEATABLE = Set.of("40001", "40P01", "0A000");

  private static final Set<String> SERVER_ENDS = Set.of("57P01", "57P02", "57P03", "57P05");
  private static final String READ_ONLY = "25006";
  private static final int CLASS_LENGTH = 2;

  private PostgresErrors() {}

  /** A failed statement. */
  static final class Failed extends IOException implements Outage {
    private static final long serialVersionUID = 1L;

    private final boolean repeatable;
    private final boolean unusable;
    private final boolean outage;

    private Failed(
        String message,
        @Nullable SQLException cause,
        boolean repeatable,
        boolean unusable,
        boolean outage) {
      super(message, cause);
      this.repeatable = repeatable;
      this.unusable = unusable;
      this.outage = outage;
    }

    @Override
    public @Nullable String unusable() {
      return outage ? "the database with the records" : null;
    }

    boolean isOutage() {
      return outage;
    }

    /** True if the database as a whole cannot be used, and not only for this statement. */
    boolean isUnusable() {
      return unusable;
    }
  }

  /** Wraps the error in one that names the database and the remedy. */
  static Failed failed(String database, SQLException e) {
    return new Failed(
        database + ": " + oneLine(e) + remedy(e),
        e,
        wasUndone(e) || isConnection(e),
        isUnusable(e),
        isOutage(e));
  }

  /**
   * A statement that was not sent, because the server does not answer.
   *
   * @param failure the sentence of the last try
   */
  static Failed notSent(String failure) {
    return new Failed(failure, null, false, true, true);
  }

  /** An error of the commit itself. */
  static Failed commitFailed(String database, SQLException e) {
    if (!isConnection(e)) {
      return failed(database, e);
    }
    return new Failed(
        database
            + ": the connection broke during a commit, which may have taken effect or not: "
            + oneLine(e)
            + remedy(e),
        e,
        false,
        isUnusable(e),
        true);
  }

  /** True if the same transaction may succeed at the next try. */
  static boolean mayRepeat(@Nullable Throwable failure) {
    for (Throwable each = failure; each != null; each = each.getCause()) {
      if (each instanceof Failed failed) {
        return failed.repeatable;
      }
    }
    return false;
  }

  /** True if the server has undone the statement, and may do it at the next try. */
  static boolean wasUndone(SQLException e) {
    return REPEATABLE.contains(state(e));
  }

  static boolean isConnection(SQLException e) {
    return state(e).startsWith("08")
        || SERVER_ENDS.contains(state(e))
        || READ_ONLY.equals(state(e))
        || e instanceof SQLTransientConnectionException
        || (state(e).isEmpty() && e.getCause() instanceof IOException); // of the driver's close
  }

  /** True if the connection must not be used again. */
  static boolean isReadOnly(SQLException e) {
    return READ_ONLY.equals(state(e));
  }

  /** True if there is no connection, or the server cannot write. One may just have broken. */
  private static boolean isUnusable(SQLException e) {
    return e instanceof SQLTransientConnectionException
        || isReadOnly(e)
        || switch (group(e)) {
          case "53", "58", "XX" -> true;
          default -> false;
        };
  }

  /** True if the same statement may succeed later, when the server is back or less busy. */
  private static boolean isOutage(SQLException e) {
    return isConnection(e)
        || isUnusable(e)
        || switch (state(e)) {
          case "55P03", "57014" -> true; // waited too long for a lock or an answer
          default -> false;
        };
  }

  private static String remedy(SQLException e) {
    return switch (state(e)) {
      case READ_ONLY ->
          "; it is a standby or read-only: name the primary, or all servers of the cluster, in the"
              + " address";
      case "28P01", "28000" ->
          "; check user and password (WHORL_RECORDS_USER, WHORL_RECORDS_PASSWORD_FILE) and the"
              + " server's pg_hba.conf";
      case "3D000" -> "; create it: CREATE DATABASE … ENCODING 'UTF8'";
      case "42501" -> "; the user needs all rights on the schema: make it the schema's owner";
      case "53100" -> "; the server's disk is full: free some space there";
      case "53300" -> "; raise the server's max_connections, or use a connection pool";
      case "55P03" -> "; another collector holds a lock for long; try again";
      case "57014" -> "; the server is overloaded, or a statement waits for a lock too long";
      default -> {
        if (isUntrusted(e)) {
          yield "; its certificate must be valid, name this host, and be of an authority in the"
              + " file that sslrootcert in the address names (without it, ~/.postgresql/root.crt)";
        }
        yield isConnection(e)
            ? "; check that the server runs and can be reached; the collector goes on by itself"
                + " when it is back"
            : "";
      }
    };
  }

  /** True if the server answers, and its certificate is not accepted; an outage all the same. */
  private static boolean isUntrusted(SQLException e) {
    for (Throwable each = e; each != null; each = each.getCause()) {
      // the driver names its verifier when the certificate is of another host
      if (each instanceof GeneralSecurityException
          || each instanceof FileNotFoundException
          || String.valueOf(each.getMessage()).contains("HostnameVerifier")) {
        return true;
      }
    }
    return false;
  }

  /** The driver's message in one line, with its cause if it only says that it failed. */
  private static String oneLine(SQLException e) {
    String message = String.valueOf(e.getMessage()).lines().findFirst().orElse("no message");
    Throwable cause = e.getCause();
    return cause == null || cause.getMessage() == null || message.contains(cause.getMessage())
        ? message
        : message + " (" + cause.getMessage().lines().findFirst().orElse("") + ")";
  }

  private static String group(SQLException e) {
    String state = state(e);
    return state.length() < CLASS_LENGTH ? "" : state.substring(0, CLASS_LENGTH);
  }

  /** The SQLSTATE; of the pool's own errors, that of their cause. */
  private static String state(SQLException e) {
    if (e.getSQLState() != null) {
      return e.getSQLState();
    }
    return e.getCause() instanceof SQLException cause && cause.getSQLState() != null
        ? cause.getSQLState()
        : "";
  }
}
