package whorl.collector.lake;

import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;
import java.util.Properties;
import org.apache.iceberg.jdbc.JdbcClientPool;
import org.apache.iceberg.jdbc.UncheckedSQLException;

/**
 * The catalog's connections to its database: with the password of this moment, and with failures
 * that do not repeat the URL, which may have one in it.
 */
final class CatalogConnections extends JdbcClientPool {
  private static final int CONNECTIONS = 2;

  private final LakeSettings settings;

  CatalogConnections(LakeSettings settings) {
    super(CONNECTIONS, "the lake's catalog", Map.of());
    this.settings = settings;
  }

  @Override
  protected Connection newClient() {
    Properties properties = new Properties();
    properties.putAll(settings.driverProperties());
    try {
      if (settings.password() != null) {
        properties.setProperty("password", settings.password().read());
      }
      return DriverManager.getConnection(settings.catalogUrl(), properties);
    } catch (SQLException e) {
      throw new UncheckedSQLException(e, "the database of the lake's catalog can't be reached");
    } catch (IOException e) {
      throw new UncheckedSQLException(
          new SQLException(e.getMessage(), e), "the lake's catalog: no password");
    }
  }
}
