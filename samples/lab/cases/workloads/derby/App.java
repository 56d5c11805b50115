import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.Statement;
import whorl.lab.app.Web;

/** Keeps orders in Derby. */
public class App {
  public static void main(String[] args) throws Exception {
    String url = "jdbc:derby:orders;create=true";
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE ORDERS (ID INT, NAME VARCHAR(40))");
    }
    Web.create().on("/work", request -> order(url)).start();
  }

  private static int order(String url) throws Exception {
    int id = (int) (System.nanoTime() % 100_000);
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement();
        PreparedStatement insert =
            connection.prepareStatement("INSERT INTO ORDERS VALUES (?, ?)")) {
      insert.setInt(1, id);
      insert.setString(2, "lamp");
      insert.executeUpdate();
      statement.execute("UPDATE ORDERS SET NAME = 'chair' WHERE ID = " + id);
      ResultSet result = statement.executeQuery("SELECT COUNT(*) FROM ORDERS WHERE ID < " + id);
      result.next();
      return result.getInt(1);
    }
  }
}
