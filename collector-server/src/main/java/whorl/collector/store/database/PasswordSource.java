package whorl.collector.store.database;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;
import org.postgresql.util.PSQLState;

/** Opens connections with the password of this moment. */
final class PasswordSource extends PGSimpleDataSource {
  private static final long serialVersionUID = 1L;

  private final transient PostgresAddress.@Nullable Password password;

  PasswordSource(PostgresAddress.@Nullable Password password) {
    this.password = password;
  }

  @Override
  public Connection getConnection() throws SQLException {
    if (password == null) {
      return super.getConnection();
    }
    try {
      return getConnection(getUser(), password.read());
    } catch (IOException e) {
      throw new SQLException(
          String.valueOf(e.getMessage()), PSQLState.INVALID_PASSWORD.getState(), e);
    }
  }
}
