import { describe, expect, it } from 'vitest';
import { repositoryUrl } from '#electron/pipeline/normalize/repository-url.ts';

describe('the address of a repository', () => {
  it.each(['git@github.com:acme/shop.git', 'ssh://git@github.com/acme/shop.git', 'https://x-token@github.com/acme/shop.git/', 'github.com/acme/shop', 'https://GitHub.com/acme/shop', 'git://github.com:9418/acme/shop'])('%s', (text) => {
    expect(repositoryUrl(text)).toBe('https://github.com/acme/shop');
  });

  it.each(['infra', './shop', '/srv/shop', 'shop/api:2.3', 'registry.example/shop/api:1.2', '', 'C:\\src\\shop'])('%s is none', (text) => {
    expect(repositoryUrl(text)).toBeUndefined();
  });
});
