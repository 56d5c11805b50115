/**
 * A small shop with three holes that are there on purpose: an expression in a sort parameter, a
 * file view that follows {@code ..}, and an importer that deserialises what it is sent. Never put
 * it where strangers can reach it.
 */
@NullMarked
package com.example.shop;

import org.jspecify.annotations.NullMarked;
