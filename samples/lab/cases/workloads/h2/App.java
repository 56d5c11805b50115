import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.Statement;
import whorl.lab.app.Web;

/** Keeps orders in H2. */
public class App {
  public static int twice(int n) {
    return 2 * n;
  }

  public static void main(String[] args) throws Exception {
    Connection connection = DriverManager.getConnection("jdbc:h2:./orders");
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          "CREATE TABLE ORDERS (ID INT AUTO_INCREMENT PRIMARY KEY, NAME VARCHAR(40))");
      statement.execute("CREATE ALIAS TWICE FOR 'App.twice'");
    }
    Web.create().on("/work", request -> order(connection)).start();
  }

  private static synchronized int order(Connection connection) throws Exception {
    try (PreparedStatement insert =
            connection.prepareStatement("INSERT INTO ORDERS (NAME) VALUES (?)");
        Statement statement = connection.createStatement()) {
      insert.setString(1, "lamp");
      insert.executeUpdate();
      ResultSet result = statement.executeQuery("SELECT TWICE(COUNT(*)) FROM ORDERS");
      result.next();
      return result.getInt(1);
    }
  }
}
