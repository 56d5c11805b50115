/** A program that is full of secrets. */
@NullMarked
package com.example.canary;

import org.jspecify.annotations.NullMarked;
