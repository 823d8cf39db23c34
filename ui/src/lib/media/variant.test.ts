import { describe, expect, it } from 'vitest';
import { thumbnailFor } from './variant';

describe('thumbnailFor', () => {
  it('takes the smallest file that fills the box', () => {
    expect(thumbnailFor(['256', '512', '768', 'original'], 200)).toBe('256');
    expect(thumbnailFor(['256', '512', '768', 'original'], 290)).toBe('256');
    expect(thumbnailFor(['256', '512', '768', 'original'], 400)).toBe('512');
    expect(thumbnailFor(['256', '512', '768', 'original'], 2000)).toBe('768');
  });

  it('makes do with what is here', () => {
    expect(thumbnailFor(['256'], 700)).toBe('256');
    expect(thumbnailFor(['768'], 100)).toBe('768');
    expect(thumbnailFor(['original'], 100)).toBe('original');
    expect(thumbnailFor([], 100)).toBeNull();
  });
});
