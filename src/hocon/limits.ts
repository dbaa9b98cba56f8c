/**
 * Bounds that keep a hostile or mistaken text from eating stack or memory.
 * Each one, when passed, is a located finding; none is met by files people write.
 */

/** Largest text of one file, in UTF-16 code units (64 Mi; 100,000 components take about 31 Mi). */
export const MAX_TEXT_LENGTH: number = 64 * 1024 * 1024;

/** Largest single string that concatenation may build, in UTF-16 code units. */
export const MAX_STRING_LENGTH: number = 16 * 1024 * 1024;

/** Deepest nesting of objects and lists, in levels; also the longest path, in keys. */
export const MAX_NESTING = 1_000;

/** Includes inside includes, in files; the same number as the reference's. */
export const MAX_INCLUDE_DEPTH = 50;

/** Texts that one configuration may include, each time counted. */
export const MAX_INCLUDED_TEXTS = 10_000;

/** Longest chain of values that wait for each other during substitution, in values. */
export const MAX_RESOLVE_DEPTH = 4_000;

/** Work of substitution for one configuration, in visited values (shared ones count each time). */
export const MAX_RESOLVE_STEPS = 20_000_000;

/** What substitution may copy for one configuration, in entries of objects and items of lists. */
export const MAX_COPIED = 12_000_000;

/** Longest list that concatenation may build, in items. */
export const MAX_LIST_ITEMS = 4_000_000;

/** Largest resolved tree, in values, where a value that stands in several places counts at each. */
export const MAX_TREE_VALUES = 10_000_000;

/** Deepest resolved tree, in levels; substitution can put deep values into deep places. */
export const MAX_TREE_DEPTH = 2_000;

/** All characters of the strings of the resolved tree, counted in the same way, in UTF-16 code units. */
export const MAX_TREE_CHARACTERS: number = 256 * 1024 * 1024;

/** How many errors one reading reports. */
export const MAX_ERRORS = 20;

/** Longest list of overridden values that an origin tells, in steps. */
export const MAX_ORIGIN_STEPS = 32;
