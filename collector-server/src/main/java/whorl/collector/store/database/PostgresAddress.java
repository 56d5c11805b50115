package whorl.collector.store.database;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * Where a PostgreSQL database is, and who uses it.
 *
 * @param url {@code jdbc:postgresql://host[:port][,host…]/database[?parameters]}; its parameters
 *     may name user and password, and {@code currentSchema}
 * @param user null if the URL or the environment of the driver names one
 * @param password is asked for each connection, so that a new one is used without a restart; null
 *     if the URL has it, or none is needed
 */
public record PostgresAddress(String url, @Nullable String user, @Nullable Password password) {
  /** What the URL of a PostgreSQL database begins with. */
  public static final String PREFIX = "jdbc:postgresql:";

  /** Reads a password. */
  @FunctionalInterface
  public interface Password {
    /**
     * @throws IOException with a message that names the file and the remedy
     */
    String read() throws IOException;
  }

  /** Without URL and password, which are secret. */
  @Override
  public String toString() {
    try {
      return describe(dataSource());
    } catch (IOException e) {
      return "PostgreSQL at an address that cannot be read";
    }
  }

  /**
   * @throws IOException if the URL cannot be read; the message does not repeat it
   */
  PGSimpleDataSource dataSource() throws IOException {
    PGSimpleDataSource source = new PasswordSource(password);
    try {
      source.setUrl(url);
    } catch (IllegalArgumentException | NullPointerException e) {
      // without the cause, whose message repeats the password
      throw new IOException(
          "the address of the PostgreSQL database cannot be read; it has the form"
              + " jdbc:postgresql://host:5432/database");
    }
    if (user != null) {
      source.setUser(user);
    }
    return source;
  }

  /** Such as {@code PostgreSQL database whorl at db.example:5432}. */
  static String describe(PGSimpleDataSource source) {
    String[] servers = source.getServerNames();
    int[] ports = source.getPortNumbers();
    List<String> places = new ArrayList<>();
    for (int i = 0; i < servers.length; i++) {
      int port = ports != null && i < ports.length ? ports[i] : 0;
      places.add(servers[i] + ":" + (port == 0 ? 5432 : port));
    }
    String database = Objects.requireNonNullElse(source.getDatabaseName(), source.getUser());
    return "PostgreSQL database " + database + " at " + String.join(", ", places);
  }
}
