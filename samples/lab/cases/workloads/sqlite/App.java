import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import whorl.lab.app.Web;

/** Keeps orders in SQLite. */
public class App {
  public static void main(String[] args) throws Exception {
    Web.create()
        .on(
            "/work",
            request -> {
              try (Connection connection = DriverManager.getConnection("jdbc:sqlite:orders.db");
                  Statement statement = connection.createStatement()) {
                statement.execute("CREATE TABLE IF NOT EXISTS ORDERS (ID INT)");
                return statement.executeUpdate("INSERT INTO ORDERS VALUES (4)");
              }
            })
        .start();
  }
}
