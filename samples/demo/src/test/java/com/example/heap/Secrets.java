package com.example.heap;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The secrets that {@link HeapApp} holds; the seed determines them. */
public final class Secrets {
  /** How a secret lies in the heap. */
  public enum Form {
    STRING_LATIN1,
    STRING_UTF16,
    CHARS,
    BYTES_UTF8,
    BYTES_UTF16_LITTLE,
    BYTES_UTF16_BIG,
    BUILDER,
    BUILDER_UTF16,
    LONGS,
    /** A constant of a class file that was loaded; no code has asked for it yet. */
    LITERAL
  }

  /** As many of each form. */
  public static final int EACH = 100;

  private Secrets() {}

  /** One secret; all of them differ, in their last eight characters too. */
  public static String secret(long seed, Form form, int number) {
    String name = seed + "/" + form + "/" + number;
    byte[] hash;
    try {
      hash = MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.US_ASCII));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
    String hex = HexFormat.of().formatHex(hash, 0, 16);
    return switch (form) {
      // Cyrillic for the digits: such a text is kept in two bytes a character.
      case STRING_UTF16, BUILDER_UTF16 -> "пароль-" + cyrillic(hex);
      default -> "secret--" + hex;
    };
  }

  private static String cyrillic(String hex) {
    StringBuilder text = new StringBuilder(hex.length());
    for (int i = 0; i < hex.length(); i++) {
      text.append((char) ('а' + Character.digit(hex.charAt(i), 16)));
    }
    return text.toString();
  }
}
