package whorl.agent.hprof;

import java.nio.charset.StandardCharsets;
import whorl.agent.hprof.format.Tags;

/**
 * A small heap: a shop with a name, a stock and a special offer that extends an object with a hash
 * of its own.
 */
final class ShopDump {
  static final String LITERAL = "literal-s3cret-of-a-class-file";
  static final byte[] TEXT = "text-s3cret".getBytes(StandardCharsets.UTF_8);

  static final long OBJECT = 0x1001;
  static final long STRING = 0x1002;
  static final long SHOP = 0x1003;
  static final long OFFER = 0x1004;
  static final long BYTES = 0x1005;

  private ShopDump() {}

  static Dump symbols(Dump dump) {
    return dump.utf8(1, "java/lang/Object")
        .utf8(2, "java/lang/String")
        .utf8(3, "value")
        .utf8(4, "hash")
        .utf8(5, "hashIsZero")
        .utf8(6, "app/Shop")
        .utf8(7, "name")
        .utf8(8, "DEFAULT_NAME")
        .utf8(9, "app/Offer")
        .utf8(10, "nameHashes")
        .utf8(11, "percent")
        .utf8(12, "[B")
        .utf8(13, "main")
        .utf8(14, "()V")
        .utf8(15, "Shop.java")
        .utf8(16, LITERAL)
        .utf8(17, "another literal");
  }

  static Dump classes(Dump dump) {
    return dump.loadClass(1, OBJECT, 1)
        .loadClass(2, STRING, 2)
        .loadClass(3, SHOP, 6)
        .loadClass(4, OFFER, 9)
        .loadClass(5, BYTES, 12);
  }

  static Dump stacks(Dump dump) {
    return dump.trace(1, 0).frame(0x51, 13, 14, 15, 3).trace(2, 7, 0x51);
  }

  static Dump classDumps(Dump segment) {
    return segment
        .classDump(OBJECT, 0)
        .classDump(
            STRING,
            OBJECT,
            Dump.Field.of(3, Tags.TYPE_OBJECT),
            Dump.Field.of(4, Tags.TYPE_INT),
            Dump.Field.of(5, 4))
        .classDump(
            SHOP,
            OBJECT,
            new Dump.Field[] {new Dump.Field(8, Tags.TYPE_OBJECT, 0x2001)},
            Dump.Field.of(7, Tags.TYPE_OBJECT),
            Dump.Field.of(10, Tags.TYPE_LONG))
        .classDump(OFFER, SHOP, Dump.Field.of(11, Tags.TYPE_INT), Dump.Field.of(4, Tags.TYPE_INT))
        .classDump(BYTES, OBJECT);
  }

  static Dump objects(Dump segment) {
    return segment
        .byteArray(0x2000, TEXT)
        .instance(0x2001, STRING, values -> values.id(0x2000).u4(0x11223344).u1(1))
        .instance(0x2002, SHOP, values -> values.id(0x2001).u8(0x1122334455667788L))
        .instance(
            0x2003,
            OFFER,
            values -> values.u4(0x55).u4(0x66778899).id(0x2001).u8(0x1122334455667788L))
        .objectArray(0x2004, OBJECT, 0x2001, 0, 0x2003);
  }

  static Dump roots(Dump segment) {
    return segment
        .u1(Tags.ROOT_STICKY_CLASS)
        .id(STRING)
        .u1(Tags.ROOT_JNI_GLOBAL)
        .id(0x2001)
        .id(0x77)
        .u1(Tags.ROOT_JNI_LOCAL)
        .id(0x2001)
        .u4(7)
        .u4(0)
        .u1(Tags.ROOT_JAVA_FRAME)
        .id(0x2002)
        .u4(7)
        .u4(1)
        .u1(Tags.ROOT_NATIVE_STACK)
        .id(0x2002)
        .u4(7)
        .u1(Tags.ROOT_THREAD_BLOCK)
        .id(0x2002)
        .u4(7)
        .u1(Tags.ROOT_MONITOR_USED)
        .id(0x2002)
        .u1(Tags.ROOT_THREAD_OBJECT)
        .id(0x2003)
        .u4(7)
        .u4(2)
        .u1(Tags.ROOT_UNKNOWN)
        .id(0x2004);
  }

  /** A dump of JDK 17 and 21: objects first, roots last. */
  static Dump oneStream(int idBytes) {
    return stacks(classes(symbols(Dump.withHead(idBytes))))
        .segment(ShopDump::classDumps)
        .segment(ShopDump::objects)
        .segment(ShopDump::roots)
        .end();
  }

  /** The main stream of JDK 22 and later, before the segments. */
  static Dump main(int idBytes) {
    return stacks(classes(symbols(Dump.withHead(idBytes))));
  }
}
